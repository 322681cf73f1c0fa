"""Stages: what becomes of objects when, as a user says it in kwok's documents of that name."""

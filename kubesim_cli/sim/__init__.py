"""`kubesim sim`: what real kubectl does not have."""

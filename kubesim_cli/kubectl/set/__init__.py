"""kubectl set env|image|resources|selector|serviceaccount|subject."""

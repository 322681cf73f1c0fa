"""Images: which there are, how they are pulled, and what is in them. Each family of them is a file *.yaml here.

What such a file holds stands in description.py; user's own are of the same form (`kubesim sim image add`).
"""

"""stub"""
def validate(errors, obj, old, raw, ctx):
    return []
def compile_errors(node, where, no_old, root, ctx):
    return []

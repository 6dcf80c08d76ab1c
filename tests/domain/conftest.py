from hypothesis import settings

# The same examples everywhere, and no time limit: a busy machine is no defect.
settings.register_profile("steady", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("steady")

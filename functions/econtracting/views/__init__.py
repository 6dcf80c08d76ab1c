"""What the product answers: one frozen view for each answer, in modules by capability.

Use cases return them, doors annotate their routes with them, and the OpenAPI file and the portal's types are made from
them. The base stands in `base.py`.
"""

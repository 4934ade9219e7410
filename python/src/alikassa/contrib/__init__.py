"""Handlers of notifications for web frameworks. Import the module of your framework, such as `alikassa.contrib.flask`.

The frameworks are not dependencies of this package: each module imports the one that its shop has.
"""

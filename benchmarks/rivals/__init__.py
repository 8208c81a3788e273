"""The same classifier behind other servers of models, each as its documentation has it.

None is a dependency of the project: ``benchmarks.service`` installs each into an environment of its own.
"""

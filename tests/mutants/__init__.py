"""Small faults put into the package, to see whether the tests notice: ``make mutants``."""

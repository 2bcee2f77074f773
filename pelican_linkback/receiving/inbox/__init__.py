"""Which mentions are shown: pure rules over decisions of the author."""

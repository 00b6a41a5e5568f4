"""What hostile people, networks and clocks do to the shop."""

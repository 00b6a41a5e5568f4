"""Stories: people with phones, through the simulator and the whole bot."""

// Random behaviours, as `interpreted/simulation.py` has them: the same for the same seed, on any number of workers.
#pragma once

// Arguments: `simulate`, workers, the number of the first behaviour, how many there are, their greatest number of steps, the
// seed, whether deadlock is checked.
int simulation_main(int count, char** arguments);

----------------------- MODULE DifferentialEquations -----------------------
\* Solutions of differential equations over the reals (Specifying Systems, section 11.1.3): nothing evaluates them.

\* The values at b of the solution, and of its derivatives, that has the values `initial` at a.
Integrate(equation, a, b, initial) == CHOOSE values : TRUE
=============================================================================

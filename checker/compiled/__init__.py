"""The compiled engine: a Problem translated to C++, compiled, and run as a process of its own."""

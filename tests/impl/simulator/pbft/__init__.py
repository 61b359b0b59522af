"""Tests of simulated PBFT clusters."""

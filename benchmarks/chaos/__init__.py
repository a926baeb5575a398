"""Proofs that nothing is lost and nothing happens twice, whatever dies or goes away: `make chaos`."""

"""Understand: findings with reasons, what goes with what, where a number comes from, exports that carry their definition.

A finding names nobody's remedy: what can be done about it is registered by the acting apps in their `next_steps.py`.
"""

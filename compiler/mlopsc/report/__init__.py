"""Findings for people and machines: located once, rendered as text, JSON, SARIF or GitHub annotations."""

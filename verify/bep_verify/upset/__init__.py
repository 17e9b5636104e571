"""Upsets: bits of the running machine that flip by themselves, and what becomes of its learning."""

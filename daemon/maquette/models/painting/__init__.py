"""The painting verbs: inpaint, outpaint, colorize, restore JPEG, whatever model fills the holes."""

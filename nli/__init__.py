"""Natural language inference over premise and hypothesis."""

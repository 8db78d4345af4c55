"""Fine-tuning a checkpoint to tell entailment, neutral and contradiction apart."""

"""The public record: what everybody may see, and how they can check it."""

"""What is fine-tuned: a checkpoint with its tokenizer, and a head that tells three labels apart."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from indexer.checkpoints import known, loading, stored
from indexer.checkpoints.digests import DigestCache, revision
from indexer.checkpoints.pair_tokens import PairTokenizer, reads_types
from lexicon.errors import InvalidInput
from lexicon.labels import canonical
from lexicon.models import NLI_LABELS
from lexicon.settings import Settings

UNLIMITED = 2**31 - 1


@dataclass(frozen=True)
class Base:
    """A checkpoint that is ready to be fine-tuned. ``source`` is its hub id or the name of its
    folder. ``labels`` is the order of its head's outputs;
    ``remarks`` say what of its tokenizer had to be completed."""

    source: str
    folder: Path
    tokenizer: Any
    config: Any
    labels: tuple[str, ...]
    remarks: tuple[str, ...]
    digests: DigestCache

    @cached_property
    def revision(self) -> str:
        """Which weights, tokenizer and config these are."""
        return revision(self.folder, self.digests)

    def model(self, torch: Any, head_seed: int) -> Any:
        """The model in fp32 on the CPU. A head that the checkpoint does not have is drawn with
        ``head_seed``, and so the same each time."""
        transformers = loading.import_transformers("fine-tuning")
        torch.manual_seed(head_seed)
        with loading.reading(self.folder):
            model = transformers.AutoModelForSequenceClassification.from_pretrained(
                str(self.folder),
                config=self.config,
                local_files_only=True,
                dtype=torch.float32,
                ignore_mismatched_sizes=True,
            )
        body = f"{model.base_model_prefix}."
        head = tuple(name for name, _ in model.named_parameters() if not name.startswith(body))
        return loading.complete(model, self.folder, (*head, "pooler."))

    def pair_tokenizer(self, model: Any, max_length: int) -> PairTokenizer:
        """What turns pairs into what ``model`` reads."""
        return PairTokenizer(self.tokenizer, max_length, reads_types(model))


def open_base(name: str, settings: Settings, max_length: int) -> Base:
    """The checkpoint called ``name``: a known name or hub id that was pulled, or a folder.

    Raises :class:`ModelMissing`, :class:`ModelDamaged` or :class:`InvalidInput`.
    """
    transformers = loading.import_transformers("fine-tuning")
    source, folder = _found(name, settings)
    with loading.reading(folder):
        config = transformers.AutoConfig.from_pretrained(str(folder), local_files_only=True)
        # What looks like a token of the model's own is text where somebody writes it.
        tokenizer = transformers.AutoTokenizer.from_pretrained(
            str(folder), local_files_only=True, split_special_tokens=True
        )
    loading.worded(tokenizer, folder)
    if len(tokenizer) > config.vocab_size:
        fault = f"its tokenizer has {len(tokenizer):,} words, its model {config.vocab_size:,}"
        raise loading.damaged(folder, ValueError(fault))
    most = _most_tokens(config, tokenizer)
    if max_length > most:
        raise InvalidInput(f"--max-length {max_length}: {name} reads {most} tokens at most")
    labels = _own_labels(config) or NLI_LABELS
    remarks = [*_pad(config, tokenizer, folder), *_part(tokenizer)]
    config.num_labels = len(labels)
    config.id2label = dict(enumerate(labels))
    config.label2id = {label: number for number, label in enumerate(labels)}
    config.problem_type = "single_label_classification"
    digests = DigestCache(settings.home / "cache" / "digests.json")
    return Base(source, folder, tokenizer, config, labels, tuple(remarks), digests)


def _found(name: str, settings: Settings) -> tuple[str, Path]:
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder.resolve().name, folder.resolve()
    if name.startswith(("/", ".", "~")):
        raise InvalidInput(
            f"{name} is no folder of this machine; name one, or a checkpoint that was pulled"
        )
    return known.named(name).repository.id, stored.path(settings, name)


def _most_tokens(config: Any, tokenizer: Any) -> int:
    positions = getattr(config, "max_position_embeddings", None) or UNLIMITED
    if "roberta" in config.model_type:
        # Its positions are counted from behind that of padding.
        positions -= config.pad_token_id + 1
    return int(min(positions, tokenizer.model_max_length or UNLIMITED))


def _own_labels(config: Any) -> tuple[str, ...] | None:
    """The three labels as the checkpoint counts them, if it was made for them already: its head
    is trained further then, and must keep its order."""
    try:
        found = tuple(canonical(config.id2label[number]) for number in range(len(NLI_LABELS)))
    except (InvalidInput, KeyError):
        return None
    same = len(config.id2label) == len(NLI_LABELS) and sorted(found) == sorted(NLI_LABELS)
    return found if same else None


def _pad(config: Any, tokenizer: Any, folder: Path) -> list[str]:
    """Give a tokenizer without padding its end of text for it, which is masked wherever it pads."""
    remarks = []
    if tokenizer.pad_token is None:
        token = tokenizer.eos_token or tokenizer.unk_token
        if token is None:
            fault = "its tokenizer has neither padding nor an end of text"
            raise loading.damaged(folder, ValueError(fault))
        tokenizer.pad_token = token
        remarks.append(f"padding is {token!r}: the tokenizer had none")
    # Decoders read the label off the last token that is no padding.
    config.pad_token_id = tokenizer.pad_token_id
    return remarks


def _part(tokenizer: Any) -> list[str]:
    """Have the two texts kept apart by a tokenizer that would write one right behind the other."""
    one, other = (
        tokenizer(text, add_special_tokens=False)["input_ids"] for text in ("water", "river")
    )
    end = tokenizer.eos_token
    if tokenizer("water", "river")["input_ids"] != one + other or end is None:
        return []
    from tokenizers import processors

    apart = processors.TemplateProcessing(
        single="$A", pair=f"$A {end} $B:1", special_tokens=[(end, tokenizer.eos_token_id)]
    )
    # Saved with the tokenizer, so that whoever reads the checkpoint writes pairs the same way.
    backend = tokenizer.backend_tokenizer
    before = backend.post_processor
    backend.post_processor = processors.Sequence([before, apart]) if before else apart
    return [f"premise and hypothesis are kept apart by {end!r}: the tokenizer put nothing there"]

"""Names, and which files of a repository are taken."""

import pytest

from indexer.checkpoints.known import named
from indexer.checkpoints.selection import is_weights, needed
from lexicon.errors import InvalidInput


@pytest.mark.parametrize(
    ("name", "folder", "repo"),
    [
        ("labse", "labse", "sentence-transformers/LaBSE"),
        ("sentence-transformers/LaBSE", "labse", "sentence-transformers/LaBSE"),
        ("sentence-transformers--LaBSE", "labse", "sentence-transformers/LaBSE"),
        ("bloom-1b7", "bloom-1b7", "bigscience/bloom-1b7"),
        (
            "xlmr-base-xnli",
            "xlmr-base-xnli",
            "symanto/xlm-roberta-base-snli-mnli-anli-xnli",
        ),
        ("joeddav/xlm-roberta-large-xnli", "xlmr-large-xnli", "joeddav/xlm-roberta-large-xnli"),
        ("intfloat/e5.small_v2", "intfloat--e5.small_v2", "intfloat/e5.small_v2"),
        ("intfloat--e5-small", "intfloat--e5-small", "intfloat/e5-small"),
    ],
)
def test_names(name: str, folder: str, repo: str) -> None:
    found = named(name)
    assert (found.name, found.repository.id) == (folder, repo)


@pytest.mark.parametrize(
    "name",
    [
        *("", "LABSE", "gpt2", "../etc", "a/../b", "a/b/c", "/a", "a/", ".a/b", "a/b--c"),
        *("a--b--c", "a/b.", "a b/c", "a/b?x=1", "a/ಕ", "a\\b", "https://huggingface.co/a/b"),
    ],
)
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="known: labse, bloom-560m, bloom-1b7"):
        named(name)


def test_one_copy_of_the_weights_and_what_loads_them_is_taken() -> None:
    taken = ["1_Pooling/config.json", "2_Dense/config.json", "2_Dense/model.safetensors"]
    taken += ["chat_template.jinja", "config.json", "merges.txt", "model.safetensors"]
    taken += ["sentencepiece.bpe.model", "tokenizer.json", "vocab.txt"]
    left = ["2_Dense/pytorch_model.bin", ".gitattributes", "README.md", "LICENSE", "logo.png"]
    left += ["onnx/model.onnx", "onnx/config.json", "openvino/openvino_model.bin", "tf_model.h5"]
    left += ["flax_model.msgpack", "pytorch_model.bin", "pytorch_model.bin.index.json"]
    left += ["model.fp16.safetensors", "rust_model.ot", "requirements.txt", "modeling_own.py"]
    left += ["../config.json", "/config.json", "1_a/../../b.json", "1_a\\b.json", "a/config.json"]
    left += ["checkpoint.json", "config.json\n", "LICENSE.txt", "runs/events.txt", "con\0fig.json"]
    assert needed([*left, *taken]) == sorted(taken)


def test_of_a_classifier_the_tokenizer_is_taken_in_either_form() -> None:
    taken = ["config.json", "pytorch_model.bin", "sentencepiece.bpe.model"]
    taken += ["special_tokens_map.json", "tokenizer.json", "tokenizer_config.json"]
    left = [".gitattributes", "README.md", "tf_model.h5", "training_args.bin", "eval_results.tsv"]
    assert needed([*left, *taken]) == taken


def test_shards_come_with_their_index() -> None:
    shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    index = "model.safetensors.index.json"
    assert needed([*shards, index, "pytorch_model-00001-of-00001.bin"]) == [*shards, index]
    assert needed([*shards, index, "model.safetensors"]) == ["model.safetensors"]
    pickled = ["pytorch_model-00001-of-00001.bin", "pytorch_model.bin.index.json"]
    assert needed(pickled) == pickled
    assert all(is_weights(path) for path in (*shards, pickled[0], "2_Dense/model.safetensors"))
    assert not is_weights(index)

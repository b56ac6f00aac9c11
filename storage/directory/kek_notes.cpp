#include "storage/directory/kek_notes.hpp"

#include "storage/engine/errors.hpp"
#include "storage/keys/key_codec.hpp"
#include "storage/keys/meta_keys.hpp"

namespace ff::storage {

Result<KekNotes> read_kek_notes(const Reader& reader) {
  KekNotes notes;
  bool valid = true;
  const auto prefix = meta_key(meta_name::own_kek);
  const auto note = [&](ByteView key, ByteView value) {
    KeyReader parts(key.subspan(prefix.size()));
    const auto label = parts.text();
    valid = parts.finished();
    if (valid) notes.emplace(label, to_owned(value));
    return valid;
  };
  FF_CHECK(reader.scan({.family = Family::meta, .range = prefix_range(prefix)}, note));
  if (!valid) return fail(corruption, {{"path", "meta"}, {"detail", "own_kek is invalid"}});
  return notes;
}

Status note_kek(Engine& engine, std::string_view label, ByteView check_value) {
  WriteBatch batch;
  batch.put(Family::meta, meta_key(meta_name::own_kek, label), check_value);
  return engine.write(batch, Durability::sync);
}

}  // namespace ff::storage

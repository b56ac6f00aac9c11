#include "storage/codec/key_seal.hpp"

#include "protocol/base/assert.hpp"
#include "storage/codec/record.hpp"

namespace ff::storage {
namespace {

constexpr std::uint8_t wrapped_mark = 1;
constexpr std::size_t wrapped_size = Aes128Key::size + 8;
constexpr std::size_t head_size = 2;
constexpr std::size_t label_size_max = 255;

}  // namespace

KeySeal::KeySeal(key_vault::LiveKeyVaultPtr vault, std::string label)
    : vault_(std::move(vault)), label_(std::move(label)) {}

Bytes KeySeal::seal(const Aes128Key& key) const {
  if (label_.empty()) return to_owned(key.bytes());
  const auto wrapped = vault_->current()->wrap(key, label_);
  FF_ASSERT(wrapped.has_value() && wrapped->kek_label.size() <= label_size_max);
  Bytes out{wrapped_mark, static_cast<std::uint8_t>(wrapped->kek_label.size())};
  append(out, as_bytes(wrapped->kek_label));
  append(out, wrapped->encrypted_key);
  return out;
}

Result<Aes128Key> KeySeal::open(ByteView stored) const {
  if (stored.size() == Aes128Key::size) return Aes128Key::from(stored);
  if (stored.size() < head_size || stored[0] != wrapped_mark ||
      stored.size() != head_size + stored[1] + wrapped_size) {
    return fail(malformed_record, {{"offset", 0}});
  }
  const auto label = stored.subspan(head_size, stored[1]);
  return vault_->current()->unwrap({.key = std::nullopt,
                                    .kek_label = std::string(as_text(label)),
                                    .encrypted_key = to_owned(stored.last(wrapped_size))});
}

}  // namespace ff::storage

#include "storage/keys/meta_keys.hpp"

#include "storage/keys/key_codec.hpp"

namespace ff::storage {

Bytes meta_key(std::string_view name) {
  return KeyWriter().text(name).take();
}

Bytes meta_key(std::string_view name, std::string_view part) {
  return KeyWriter().text(name).text(part).take();
}

Bytes meta_key(std::string_view name, std::string_view part, Shard shard) {
  return KeyWriter().text(name).text(part).u16(shard.value()).take();
}

}  // namespace ff::storage

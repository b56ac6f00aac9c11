#include "app/server/own_kek/key_text.hpp"

#include <algorithm>
#include <fstream>

#include "protocol/crypto/aes128.hpp"

namespace ff::app {

std::optional<std::string> read_key_text(const std::filesystem::path& file, std::size_t size_max) {
  std::ifstream in(file, std::ios::binary);
  std::string text(size_max + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
  if (in.bad() || !in.eof() || text.size() > size_max) return std::nullopt;
  return text;
}

void wipe_text(std::string& text) {
  crypto::wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
}

}  // namespace ff::app

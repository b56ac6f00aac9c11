#include "protocol/types/uid.hpp"

#include "protocol/types/identifiers.hpp"

namespace ff {

std::string_view entity_id_of_uid(std::string_view uid) noexcept {
  const auto at = uid.find('@');
  if (at != std::string_view::npos && !is_valid_id(uid.substr(at + 1))) return {};
  return uid.substr(0, at);
}

}  // namespace ff

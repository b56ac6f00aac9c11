#include "app/api/services/identity/search_filter.hpp"

#include "app/api/services/identity/shown.hpp"

namespace ff::api {

bool contains_text(std::string_view text, std::string_view part) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  const auto same = [&](char a, char b) { return lower(a) == lower(b); };
  return part.empty() ||
         std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

void show_public_part(pb::Gateway& gateway) {
  if (!gateway.status_public()) gateway.clear_gateway_server_address();
  if (gateway.location_public()) return;
  for (auto& antenna : *gateway.mutable_antennas()) antenna.clear_location();
}

void hide_secrets(pb::Gateway& gateway, const identity_server::RightSet& rights) {
  if (rights.has(identity_server::Right::gateway_read_secrets)) return;
  gateway.clear_lbs_lns_secret();
  gateway.clear_target_cups_key();
  gateway.clear_claim_authentication_code();
}

}  // namespace ff::api

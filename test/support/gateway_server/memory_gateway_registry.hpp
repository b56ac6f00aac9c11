// A GatewayRegistry in memory: answers at once, or when told to; can fail.
#pragma once

#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "actors/gateway_server/connection/gateway_settings.hpp"

namespace ff::test {

class MemoryGatewayRegistry final : public gateway_server::GatewayRegistry {
 public:
  static constexpr ErrorDef not_found{"pkg/identityserver", "gateway_not_found", Code::not_found,
                                      "gateway not found"};

  std::vector<gateway_server::GatewaySettings> gateways;
  /// What every look-up fails with, if set.
  std::optional<Error> failure;
  /// While true, questions wait for answer_all().
  bool holds = false;
  /// While true, asking throws: a bug in the registry.
  bool throws = false;
  /// The same from this question on, counted from 1.
  std::optional<std::size_t> throws_from;
  std::size_t asked = 0;

  void find(const GatewayIdentifiers& ids,
            actors::Reply<gateway_server::GatewaySettings> reply) override {
    ++asked;
    if (throws || (throws_from && asked >= *throws_from))
      throw std::runtime_error("registry is broken");
    if (holds)
      waiting_.emplace_back(ids, std::move(reply));
    else
      reply(look_up(ids));
  }
  void update_locations(const GatewayId& gateway_id, std::vector<Location> antennas) override {
    located.emplace_back(gateway_id, std::move(antennas));
  }
  void update_versions(const GatewayId& gateway_id, std::string model,
                       std::string firmware) override {
    versions.push_back({gateway_id.text(), std::move(model), std::move(firmware)});
  }
  /// What gateways said of themselves.
  std::vector<std::pair<GatewayId, std::vector<Location>>> located;
  std::vector<std::vector<std::string>> versions;

  void answer_all() {
    for (auto& [ids, reply] : std::exchange(waiting_, {})) reply(look_up(ids));
  }

 private:
  Result<gateway_server::GatewaySettings> look_up(const GatewayIdentifiers& ids) const {
    if (failure) return fail(*failure);
    for (const auto& gateway : gateways) {
      const bool same = ids.gateway_id.empty() ? gateway.ids.eui == ids.eui
                                               : gateway.ids.gateway_id == ids.gateway_id;
      if (same) return gateway;
    }
    return fail(not_found);
  }

  std::vector<std::pair<GatewayIdentifiers, actors::Reply<gateway_server::GatewaySettings>>>
      waiting_;
};

}  // namespace ff::test

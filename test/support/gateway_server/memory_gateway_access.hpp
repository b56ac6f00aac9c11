// Secrets of gateways in memory: one for all.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "actors/gateway_server/connection/gateway_access.hpp"

namespace ff::test {

class MemoryGatewayAccess final : public gateway_server::GatewayAccess {
 public:
  std::string secret = "NNSXS.ID.SECRET";
  /// What every question is answered with, if set.
  std::optional<Error> failure;
  /// While true, questions wait for answer_all().
  bool holds = false;

  void check_link(const GatewayId& gateway_id, const std::string& given,
                  actors::Reply<void> reply) override {
    if (holds) {
      waiting_.emplace_back(gateway_id, given, std::move(reply));
    } else {
      answer(gateway_id, given, reply);
    }
  }
  void answer_all() {
    for (auto& [id, given, reply] : std::exchange(waiting_, {})) answer(id, given, reply);
  }

 private:
  void answer(const GatewayId& id, const std::string& given,
              const actors::Reply<void>& reply) const {
    if (failure) return reply(fail(*failure));
    if (given == secret) return reply({});
    reply(fail(gateway_server::no_gateway_rights, {{"uid", id.text()}}));
  }

  std::vector<std::tuple<GatewayId, std::string, actors::Reply<void>>> waiting_;
};

}  // namespace ff::test

// A formatter tried on a payload, for EncodeDownlink, DecodeUplink and DecodeDownlink of AppAs.
// Unlike on the way of a message, what goes wrong is the answer. [spec application-server §6]
#pragma once

#include "actors/application_server/formatters/interface.hpp"
#include "actors/device_repository/interface.hpp"
#include "actors/support/route.hpp"
#include "app/api/reply.hpp"
#include "app/api/services/base/asker.hpp"
#include "ttn/lorawan/v3/applicationserver.pb.h"

namespace ff::api {

class FormatterCalls {
 public:
  using Formatters = actors::Route<application_server::FormattersHandle>;
  using Repository = actors::Route<device_repository::RepositoryHandle>;

  FormatterCalls(Asker asker, Formatters formatters, Repository repository)
      : asker_(std::move(asker)),
        formatters_(std::move(formatters)),
        repository_(std::move(repository)) {}

  void run(const ttn::lorawan::v3::EncodeDownlinkRequest& request,
           const Reply<ttn::lorawan::v3::EncodeDownlinkResponse>& reply) const;
  void run(const ttn::lorawan::v3::DecodeUplinkRequest& request,
           const Reply<ttn::lorawan::v3::DecodeUplinkResponse>& reply) const;
  void run(const ttn::lorawan::v3::DecodeDownlinkRequest& request,
           const Reply<ttn::lorawan::v3::DecodeDownlinkResponse>& reply) const;

 private:
  using Then = std::function<void(const Result<formatter::Answer>&)>;
  void ask(application_server::RunFormatter call, Then then) const;
  template <class Request>
  void ask(const Request& request, application_server::RunFormatter call, Then then) const;

  Asker asker_;
  Formatters formatters_;
  Repository repository_;
};

}  // namespace ff::api

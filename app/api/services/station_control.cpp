// farfield.v1.GsStations: commands and shells on LoRa Basics Stations, for operators.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <mutex>

#include "actors/gateway_server/connection/station_control.hpp"
#include "app/api/duplex.hpp"
#include "app/api/services/services.hpp"
#include "farfield/v1/gateway_server.grpc.pb.h"
#include "protocol/gateway/basic_station/remote_control.hpp"

namespace ff::api {
namespace {

namespace v1 = farfield::v1;
namespace lns = gateway::basic_station;
using google::protobuf::Empty;
using Router = actors::Route<gateway_server::RouterHandle>;
using Station = gateway_server::StationControlHandle;

constexpr std::string_view role = "GATEWAY_SERVER";
constexpr std::size_t command_size_max = 255;
constexpr std::size_t argument_size_max = 1024;
constexpr ErrorDef invalid_field{"pkg/gatewayserver", "remote_control_field",
                                 Code::invalid_argument, "invalid value of field `{field}`"};

Status check(const v1::RunStationCommandRequest& request) {
  const auto refuse = [](std::string_view field) {
    return fail(invalid_field, {{"field", field}});
  };
  if (request.command().empty() || request.command().size() > command_size_max)
    return refuse("command");
  const auto& arguments = request.arguments();
  const bool fits = std::ranges::all_of(
      arguments, [](const auto& one) { return one.size() <= argument_size_max; });
  if (static_cast<std::size_t>(arguments.size()) > lns::command_arguments_max || !fits)
    return refuse("arguments");
  return {};
}

/// Who asks, for logs.
std::string name_of(const AuthInfo& auth) {
  return auth.account_id.empty() ? "key:" + auth.token_id : auth.account_id;
}

/// A client's stream and the shell it sits before. The stream, the station's actor and gRPC keep
/// it; its calls come on their threads.
class ShellStream final : public gateway_server::ShellPort,
                          public std::enable_shared_from_this<ShellStream> {
 public:
  using Messages = Duplex<v1::StationShellInput, v1::StationShellOutput>;

  explicit ShellStream(std::shared_ptr<Messages> messages) : messages_(std::move(messages)) {}

  void output(Bytes data) override {
    v1::StationShellOutput out;
    out.set_data(data.data(), data.size());
    if (!messages_->write(std::move(out))) leave();
  }
  void ended(const Error& reason) override {
    messages_->finish(reason.is(gateway_server::remote_shell_ended) ? Status() : fail(reason));
  }

  void started(Station station, std::uint8_t shell) {
    bool left = false;
    {
      const std::scoped_lock lock(mutex_);
      station_ = std::move(station);
      shell_ = shell;
      left = left_;
    }
    // The client did not wait.
    if (left) return leave();
    messages_->open();
    read();
  }

  /// The client has gone, or does not read. Nobody sits before the shell.
  void leave() {
    Station station;
    {
      const std::scoped_lock lock(mutex_);
      left_ = true;
      station = std::exchange(station_, nullptr);
    }
    if (station) caf::anon_send(station, gateway_server::CloseStationShell{shell_});
  }

 private:
  void read() {
    messages_->read([self = shared_from_this()](const v1::StationShellInput* input) {
      if (input == nullptr) return self->leave();
      self->type(input->data());
      self->read();
    });
  }

  void type(const std::string& data) {
    const std::scoped_lock lock(mutex_);
    if (station_ && !data.empty())
      caf::anon_send(station_, gateway_server::TypeIntoShell{shell_, to_owned(as_bytes(data))});
  }

  const std::shared_ptr<Messages> messages_;
  std::mutex mutex_;
  Station station_;  // null before started() and after leave()
  std::uint8_t shell_ = 0;
  bool left_ = false;
};

class GsStations final : public v1::GsStations::CallbackService {
 public:
  GsStations(const ServiceContext& context, Router router)
      : context_(context), router_(std::move(router)) {}

  grpc::ServerUnaryReactor* RunCommand(grpc::CallbackServerContext* context,
                                       const v1::RunStationCommandRequest* request,
                                       Empty* response) override {
    return context_.front.unary({"farfield.v1.GsStations/RunCommand"}, context, request, response,
                                [this](auto call, const auto& command, const auto& reply) {
                                  run_command(call, command, reply);
                                });
  }

  grpc::ServerBidiReactor<v1::StationShellInput, v1::StationShellOutput>* OpenShell(
      grpc::CallbackServerContext* context) override {
    return context_.front.duplex<v1::StationShellInput, v1::StationShellOutput>(
        {"farfield.v1.GsStations/OpenShell"}, context, [this](auto call, const auto& messages) {
          messages->read([=, this](const v1::StationShellInput* input) {
            const auto id = parse_gateway_id(
                input != nullptr ? input->open().gateway_ids().gateway_id() : std::string());
            if (!id) return messages->finish(fail(id.error()));
            auto open = [=, this, id = *id, terminal = input->open().terminal()] {
              open_shell(call, id, terminal, messages);
            };
            recorded(call, *input, messages, std::move(open));
          });
        });
  }

 private:
  using CallPtr = std::shared_ptr<const Call>;

  void run_command(const CallPtr& call, const v1::RunStationCommandRequest& request,
                   const Reply<Empty>& reply) const {
    if (auto status = check(request); !status) return reply(fail(status.error()));
    const GatewayId id(request.gateway_ids().gateway_id());
    std::vector<std::string> arguments(request.arguments().begin(), request.arguments().end());
    auto tell = [=, this, command = request.command(),
                 arguments = std::move(arguments)](const Result<Station>& station) {
      if (!station) return reply(fail(station.error()));
      spdlog::info("msg=\"station runs a command\" gateway={} command={:?} by={}", id.text(),
                   command, name_of(call->auth));
      auto make = [&](actors::Reply<void> answer) {
        return gateway_server::RunStationCommand{command, arguments, std::move(answer)};
      };
      context_.asker.ask<void>(*station, role, make, [reply](const Status& told) {
        if (!told) return reply(fail(told.error()));
        reply(Empty());
      });
    };
    context_.authorized(call, gateway_key(id.text()), {}, reply,
                        [=, this] { find_station(id, tell); });
  }

  /// Before anything is checked: who tries is recorded, too.
  void recorded(const CallPtr& call, const v1::StationShellInput& input,
                const std::shared_ptr<ShellStream::Messages>& messages,
                std::function<void()> then) const {
    context_.front.record(*call, input, [=, then = std::move(then)](const Status& status) {
      if (!status) return messages->finish(fail(status.error()));
      then();
    });
  }

  void open_shell(const CallPtr& call, const GatewayId& id, const std::string& terminal,
                  const std::shared_ptr<ShellStream::Messages>& messages) const {
    auto stream = std::make_shared<ShellStream>(messages);
    auto start = [=, this](const Result<Station>& station) {
      if (!station) return messages->finish(fail(station.error()));
      messages->on_cancel([stream] { stream->leave(); });
      auto make = [&](actors::Reply<std::uint8_t> answer) {
        return gateway_server::OpenStationShell{
            name_of(call->auth), terminal.empty() ? "dumb" : terminal, stream, std::move(answer)};
      };
      context_.asker.ask<std::uint8_t>(*station, role, make,
                                       [=, station = *station](const Result<std::uint8_t>& shell) {
                                         if (!shell) return messages->finish(fail(shell.error()));
                                         spdlog::info("msg=\"shell on a station\" gateway={} by={}",
                                                      id.text(), name_of(call->auth));
                                         stream->started(station, *shell);
                                       });
    };
    context_.require(call, gateway_key(id.text()), needed_rights(call->method, {}),
                     [=, this](const Status& allowed) {
                       if (!allowed) return messages->finish(fail(allowed.error()));
                       find_station(id, start);
                     });
  }

  void find_station(const GatewayId& id, std::function<void(const Result<Station>&)> then) const {
    auto make = [&](actors::Reply<Station> answer) {
      return gateway_server::FindStationControl{id, std::move(answer)};
    };
    context_.asker.ask<Station>(router_.get(), role, make, std::move(then));
  }

  const ServiceContext& context_;
  Router router_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_gs_stations(const ServiceContext& context, Router router) {
  return std::make_unique<GsStations>(context, std::move(router));
}

}  // namespace ff::api

#include "app/api/services/formatter_calls.hpp"

#include "app/api/services/base/context.hpp"
#include "app/api/services/mapping/messages.hpp"
#include "app/api/services/mapping/values.hpp"
#include "protocol/api_json/api_json.hpp"
#include "protocol/formatter/cayenne_lpp.hpp"
#include "protocol/formatter/errors.hpp"
#include "protocol/formatter/outcome.hpp"

namespace ff::api {
namespace {

using application_server::RunFormatter;
using formatter::Answer;
using formatter::Function;
using formatter::Kind;

constexpr std::string_view role = "APPLICATION_SERVER";

/// Neither a script nor CayenneLPP: why not.
Error not_runnable(Kind kind) {
  if (kind == Kind::repository) return Error(formatter::no_version_identifiers);
  return Error(formatter::formatter_not_configured, {{"formatter", std::string(to_string(kind))}});
}

template <class Request>
Kind kind_of(const Request& request) {
  return static_cast<Kind>(request.formatter());
}

/// A script of the caller's, or that of a product.
template <class Request>
bool runs_script(const Request& request) {
  const auto kind = kind_of(request);
  return kind == Kind::javascript ||
         (kind == Kind::repository && !request.version_ids().model_id().empty());
}

template <class Request>
RunFormatter call_of(const Request& request, Function function, std::uint32_t f_port, Bytes input) {
  const ApplicationId application_id(request.end_device_ids().application_ids().application_id());
  return {
      .function = function,
      .script = formatter::make_formatter(kind_of(request), request.parameter(), application_id),
      .f_port = static_cast<std::uint8_t>(f_port),
      .received_at = {},
      .input = std::move(input),
      .reply = {}};
}

Result<pb::ApplicationUplink> put_decoded(pb::ApplicationUplink uplink,
                                          const Result<formatter::DecodedUplink>& decoded) {
  if (!decoded) return fail(decoded.error());
  if (decoded->normalize_error) return fail(*decoded->normalize_error);
  if (!decoded->data_json.empty())
    put_object(decoded->data_json, *uplink.mutable_decoded_payload());
  for (const auto& warning : decoded->warnings) uplink.add_decoded_payload_warnings(warning);
  for (const auto& one : decoded->normalized_json)
    put_object(one, *uplink.add_normalized_payload());
  for (const auto& warning : decoded->normalized_warnings)
    uplink.add_normalized_payload_warnings(warning);
  return uplink;
}

Result<pb::ApplicationDownlink> put_encoded(pb::ApplicationDownlink downlink,
                                            const Result<formatter::EncodedDownlink>& encoded) {
  if (!encoded) return fail(encoded.error());
  downlink.set_frm_payload(text_of(encoded->frm_payload));
  downlink.set_f_port(formatter::port_of(*encoded, static_cast<std::uint8_t>(downlink.f_port())));
  for (const auto& warning : encoded->warnings) downlink.add_decoded_payload_warnings(warning);
  return downlink;
}

Result<pb::ApplicationDownlink> put_decoded(pb::ApplicationDownlink downlink,
                                            const Result<formatter::DecodedDownlink>& decoded) {
  if (!decoded) return fail(decoded.error());
  if (!decoded->data_json.empty())
    put_object(decoded->data_json, *downlink.mutable_decoded_payload());
  for (const auto& warning : decoded->warnings) downlink.add_decoded_payload_warnings(warning);
  return downlink;
}

/// The frame as the response's only field.
template <class Response, class Frame>
void respond(const Reply<Response>& reply, Result<Frame> frame) {
  if (!frame) return reply(fail(frame.error()));
  Response response;
  if constexpr (requires { response.mutable_uplink(); }) {
    *response.mutable_uplink() = *std::move(frame);
  } else {
    *response.mutable_downlink() = *std::move(frame);
  }
  reply(std::move(response));
}

}  // namespace

void FormatterCalls::ask(RunFormatter call, Then then) const {
  auto make = [&](actors::Reply<Answer> reply) {
    call.reply = std::move(reply);
    return std::move(call);
  };
  asker_.ask<Answer>(formatters_.get(), role, make, std::move(then));
}

/// A product's script is looked up first.
template <class Request>
void FormatterCalls::ask(const Request& request, RunFormatter call, Then then) const {
  if (kind_of(request) != Kind::repository) return ask(std::move(call), std::move(then));
  const auto function = call.function;
  auto found = [this, call = std::move(call),
                then = std::move(then)](const Result<formatter::Formatter>& script) mutable {
    if (!script) return then(fail(script.error()));
    call.script = *script;
    ask(std::move(call), std::move(then));
  };
  const ApplicationId application_id(request.end_device_ids().application_ids().application_id());
  auto make = [&](actors::Reply<formatter::Formatter> reply) {
    return device_repository::FindRepositoryScript{version_ids_of(request.version_ids()), function,
                                                   application_id, std::move(reply)};
  };
  asker_.ask<formatter::Formatter>(repository_.get(), "DEVICE_REPOSITORY", make, std::move(found));
}

void FormatterCalls::run(const pb::EncodeDownlinkRequest& request,
                         const Reply<pb::EncodeDownlinkResponse>& reply) const {
  const auto& downlink = request.downlink();
  const auto json = api_json::to_json(downlink.decoded_payload());
  if (!json) return reply(fail(json.error()));
  if (kind_of(request) == Kind::cayenne_lpp) {
    auto bytes = formatter::encode_cayenne_downlink(*json);
    if (!bytes) return reply(fail(bytes.error()));
    // The port is the caller's to give.
    const formatter::EncodedDownlink encoded{
        *std::move(bytes), static_cast<std::uint8_t>(downlink.f_port()), {}};
    return respond(reply, put_encoded(downlink, encoded));
  }
  if (!runs_script(request)) return reply(fail(not_runnable(kind_of(request))));
  ask(request, call_of(request, Function::encode_downlink, downlink.f_port(), bytes_of(*json)),
      [reply, downlink](const Result<Answer>& answer) {
        respond(reply, put_encoded(downlink, answer ? formatter::encoded_downlink(*answer)
                                                    : fail(answer.error())));
      });
}

void FormatterCalls::run(const pb::DecodeUplinkRequest& request,
                         const Reply<pb::DecodeUplinkResponse>& reply) const {
  const auto& uplink = request.uplink();
  const auto payload = bytes_of(uplink.frm_payload());
  if (kind_of(request) == Kind::cayenne_lpp) {
    auto json = formatter::decode_cayenne_uplink(payload);
    if (!json) return reply(fail(json.error()));
    formatter::DecodedUplink decoded;
    decoded.data_json = *std::move(json);
    return respond(reply, put_decoded(uplink, Result<formatter::DecodedUplink>(decoded)));
  }
  if (!runs_script(request)) return reply(fail(not_runnable(kind_of(request))));
  auto call = call_of(request, Function::decode_uplink, uplink.f_port(), payload);
  if (uplink.has_received_at()) call.received_at = time_of(uplink.received_at());
  ask(request, std::move(call), [reply, uplink](const Result<Answer>& answer) {
    respond(reply, put_decoded(uplink,
                               answer ? formatter::decoded_uplink(*answer) : fail(answer.error())));
  });
}

void FormatterCalls::run(const pb::DecodeDownlinkRequest& request,
                         const Reply<pb::DecodeDownlinkResponse>& reply) const {
  const auto& downlink = request.downlink();
  const auto payload = bytes_of(downlink.frm_payload());
  if (kind_of(request) == Kind::cayenne_lpp) {
    auto json = formatter::decode_cayenne_downlink(payload);
    if (!json) return reply(fail(json.error()));
    return respond(
        reply, put_decoded(downlink, Result<formatter::DecodedDownlink>({*std::move(json), {}})));
  }
  if (!runs_script(request)) return reply(fail(not_runnable(kind_of(request))));
  ask(request, call_of(request, Function::decode_downlink, downlink.f_port(), payload),
      [reply, downlink](const Result<Answer>& answer) {
        respond(reply, put_decoded(downlink, answer ? formatter::decoded_downlink(*answer)
                                                    : fail(answer.error())));
      });
}

}  // namespace ff::api

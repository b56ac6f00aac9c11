#include "actors/application_server/integration/packages/events.hpp"

#include "actors/events/protobuf_data.hpp"
#include "ttn/lorawan/v3/applicationserver_integrations_alcsync.pb.h"

namespace ff::application_server::packages {
namespace {

using Command = ttn::lorawan::v3::ALCSyncCommand;

template <class Message>
events::Event event(std::string_view name, UtcTime now, const Incoming& incoming,
                    const Message& message) {
  return {name, now, incoming.ids, incoming.correlation_ids, events::protobuf_data(message)};
}

}  // namespace

events::Event time_asked_event(UtcTime now, const Incoming& incoming, const TimeAsked& what) {
  Command::AppTimeReq message;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(what.device_time);
  message.mutable_devicetime()->set_seconds(seconds.time_since_epoch().count());
  message.set_tokenreq(what.token);
  message.set_ansrequired(what.ans_required);
  return event("as.packages.alcsync.v1.time_correction.cmd_received", now, incoming, message);
}

events::Event time_answered_event(UtcTime now, const Incoming& incoming,
                                  const clock_sync::AppTimeAns& what) {
  Command::AppTimeAns message;
  message.set_timecorrection(what.correction);
  message.set_tokenans(what.token);
  return event("as.packages.alcsync.v1.time_correction.answer_enqueued", now, incoming, message);
}

}  // namespace ff::application_server::packages

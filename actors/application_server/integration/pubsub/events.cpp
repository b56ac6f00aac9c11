#include "actors/application_server/integration/pubsub/events.hpp"

#include "actors/application_server/integration/pubsub/errors.hpp"
#include "actors/events/protobuf_data.hpp"
#include "ttn/lorawan/v3/applicationserver_pubsub.pb.h"

namespace ff::application_server::pubsub {

void publish_event(const PubSubsContext& context, std::string_view name, const PubSubKey& key) {
  if (!context.publish) return;
  ttn::lorawan::v3::ApplicationPubSubIdentifiers ids;
  ids.mutable_application_ids()->set_application_id(key.application_id.text());
  ids.set_pub_sub_id(key.pubsub_id);
  context.publish(
      {name, context.deps.clock->now().utc, key.application_id, {}, events::protobuf_data(ids)});
}

void publish_failure(const PubSubsContext& context, const PubSubKey& key, const Error& cause) {
  if (!context.publish) return;
  context.publish({"as.pubsub.fail",
                   context.deps.clock->now().utc,
                   key.application_id,
                   {},
                   Error(integration_failed, {{"pub_sub_id", key.pubsub_id}}).caused_by(cause)});
}

}  // namespace ff::application_server::pubsub

// Application packages.
#include "app/inspection/values.hpp"
#include "app/server/inspect/json.hpp"

namespace ff::app {

using boost::json::object;
namespace packages = application_server::packages;

std::string_view name_of(packages::PackagesSnapshot::State state) {
  using State = packages::PackagesSnapshot::State;
  switch (state) {
    case State::running:
      return "running";
    case State::restarting:
      return "restarting";
    case State::ending:
      return "ending";
  }
  return "";
}

object to_json(const packages::PackagesSnapshot& snapshot) {
  boost::json::array consumers;
  for (const auto& consumer : snapshot.consumers) {
    consumers.emplace_back(object{{"application_id", text(consumer.key.application_id.text())},
                                  {"package", text(info_of(consumer.key.package).name)},
                                  {"associations", consumer.associations},
                                  {"state", text(name_of(consumer.state))}});
  }
  return {{"associations", snapshot.associations},
          {"changes_waiting", snapshot.changes_waiting},
          {"consumers", std::move(consumers)},
          {"consumers_not_shown", snapshot.consumers_all - snapshot.consumers.size()}};
}

object to_json(const packages::ConsumerSnapshot& consumer) {
  return {{"messages_held", consumer.held},
          {"messages_under_way", consumer.under_way},
          {"messages_behind", consumer.behind},
          {"failures_in_a_row", consumer.failures},
          {"server_left_alone_for", value_of(consumer.left_alone_for)},
          {"done", consumer.done},
          {"given_up", consumer.given_up},
          {"devices_remembered", consumer.remembered}};
}

}  // namespace ff::app

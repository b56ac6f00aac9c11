// What an application has on the application server and join server: link, formatters, webhooks,
// pub/sub, packages, stored messages, activation settings. [spec cli §4]
#include "app/cli/entity/entity_commands.hpp"
#include "app/cli/entity/method_command.hpp"

namespace ff::cli {
namespace {

struct Row {
  const char* group;
  const char* name;
  const char* method;
  const char* body;
  const char* summary;
  const char* words;  ///< Separated by blanks.
};

constexpr Row rows[] = {
    {"applications", "issue-dev-eui", "ApplicationRegistry/IssueDevEUI", "", "issue a DevEUI",
     "application-id"},
    {"applications link", "get", "As/GetLink", "", "get link and default formatters",
     "application-id"},
    {"applications link", "set", "As/SetLink", "link", "set default formatters", "application-id"},
    {"applications link", "delete", "As/DeleteLink", "", "delete the link", "application-id"},
    {"applications activation-settings", "get", "ApplicationActivationSettingRegistry/Get", "",
     "get activation settings", "application-id"},
    {"applications activation-settings", "set", "ApplicationActivationSettingRegistry/Set",
     "settings", "set activation settings", "application-id"},
    {"applications activation-settings", "delete", "ApplicationActivationSettingRegistry/Delete",
     "", "delete activation settings", "application-id"},
    {"applications webhooks", "get-formats", "ApplicationWebhookRegistry/GetFormats", "",
     "list formats", ""},
    {"applications webhooks", "get", "ApplicationWebhookRegistry/Get", "", "get a webhook",
     "application-id webhook-id"},
    {"applications webhooks", "list", "ApplicationWebhookRegistry/List", "", "list webhooks",
     "application-id"},
    {"applications webhooks", "set", "ApplicationWebhookRegistry/Set", "webhook",
     "create or change a webhook", "application-id webhook-id"},
    {"applications webhooks", "delete", "ApplicationWebhookRegistry/Delete", "", "delete a webhook",
     "application-id webhook-id"},
    {"applications webhooks", "delivery", "farfield.v1.AsWebhookDelivery/Get", "",
     "how the delivery stands", "application-id webhook-id"},
    {"applications webhooks", "replay", "farfield.v1.AsWebhookDelivery/Replay", "",
     "deliver messages of a time once more", "application-id webhook-id"},
    {"applications webhooks", "start-from", "farfield.v1.AsWebhookDelivery/StartFrom", "",
     "deliver all messages since a time, in order", "application-id webhook-id"},
    {"applications webhooks", "cancel-replay", "farfield.v1.AsWebhookDelivery/CancelReplay", "",
     "end the replay", "application-id webhook-id"},
    {"applications webhooks", "dead-letters", "farfield.v1.AsWebhookDelivery/ListDeadLetters", "",
     "list messages that were given up", "application-id webhook-id"},
    {"applications webhooks", "redeliver", "farfield.v1.AsWebhookDelivery/RedeliverDeadLetters", "",
     "try messages that were given up once more", "application-id webhook-id"},
    {"applications webhooks", "discard", "farfield.v1.AsWebhookDelivery/DiscardDeadLetters", "",
     "forget messages that were given up", "application-id webhook-id"},
    {"applications webhooks templates", "list", "ApplicationWebhookRegistry/ListTemplates", "",
     "list templates of webhooks", ""},
    {"applications webhooks templates", "get", "ApplicationWebhookRegistry/GetTemplate", "",
     "get a template of webhooks", "template-id"},
    {"applications pubsubs", "get-formats", "ApplicationPubSubRegistry/GetFormats", "",
     "list formats", ""},
    {"applications pubsubs", "get", "ApplicationPubSubRegistry/Get", "", "get a pub/sub",
     "application-id pub-sub-id"},
    {"applications pubsubs", "list", "ApplicationPubSubRegistry/List", "", "list pub/subs",
     "application-id"},
    {"applications pubsubs", "set", "ApplicationPubSubRegistry/Set", "pubsub",
     "create or change a pub/sub", "application-id pub-sub-id"},
    {"applications pubsubs", "delete", "ApplicationPubSubRegistry/Delete", "", "delete a pub/sub",
     "application-id pub-sub-id"},
    {"applications pubsubs", "status", "farfield.v1.AsPubSubInspection/Get", "",
     "how the integration stands", "application-id pub-sub-id"},
    {"applications packages", "list", "ApplicationPackageRegistry/List", "", "list packages",
     "application-id device-id"},
    {"applications packages associations", "get", "ApplicationPackageRegistry/GetAssociation", "",
     "get an association", "application-id device-id f-port"},
    {"applications packages associations", "list", "ApplicationPackageRegistry/ListAssociations",
     "", "list associations", "application-id device-id"},
    {"applications packages associations", "set", "ApplicationPackageRegistry/SetAssociation",
     "association", "set an association", "application-id device-id f-port"},
    {"applications packages associations", "delete", "ApplicationPackageRegistry/DeleteAssociation",
     "", "delete an association", "application-id device-id f-port"},
    {"applications packages default-associations", "get",
     "ApplicationPackageRegistry/GetDefaultAssociation", "", "get a default association",
     "application-id f-port"},
    {"applications packages default-associations", "list",
     "ApplicationPackageRegistry/ListDefaultAssociations", "", "list default associations",
     "application-id"},
    {"applications packages default-associations", "set",
     "ApplicationPackageRegistry/SetDefaultAssociation", "default", "set a default association",
     "application-id f-port"},
    {"applications packages default-associations", "delete",
     "ApplicationPackageRegistry/DeleteDefaultAssociation", "", "delete a default association",
     "application-id f-port"},
    {"applications storage", "count", "ApplicationUpStorage/GetStoredApplicationUpCount", "",
     "count stored messages", "application-id"},
};

struct Summary {
  const char* group;
  const char* text;
};

constexpr Summary summaries[] = {
    {"applications link", "default payload formatters"},
    {"applications activation-settings", "settings of the join server"},
    {"applications webhooks", "webhooks"},
    {"applications webhooks templates", "templates of the server's operator"},
    {"applications pubsubs", "pub/sub integrations over MQTT and NATS"},
    {"applications packages", "application packages"},
    {"applications packages associations", "packages of a device"},
    {"applications packages default-associations", "packages of all devices"},
    {"applications storage", "stored messages"},
};

}  // namespace

void add_integration_commands(Command& root) {
  for (const auto& row : rows)
    add_method_command(root, {.group = row.group,
                              .name = row.name,
                              .summary = row.summary,
                              .shape = {row.method, row.body, {}},
                              .words = split_words(row.words)});
  add_method_command(root, {.group = "applications storage",
                            .name = "get",
                            .summary = "get stored messages of an application",
                            .shape = {"ApplicationUpStorage/GetStoredApplicationUp", "", {}},
                            .words = {"application-id"},
                            .is_stream = true});
  add_method_command(root, {.group = "applications",
                            .name = "subscribe",
                            .summary = "show messages as they come",
                            .shape = {"AppAs/Subscribe", "", {}},
                            .words = {"application-id"},
                            .is_stream = true});
  for (const auto& summary : summaries) group_at(root, summary.group).summary = summary.text;
}

}  // namespace ff::cli

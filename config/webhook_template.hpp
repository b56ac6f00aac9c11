// A webhook template as its file says it: what clients make webhooks of. Not a webhook.
// [spec integrations §2.6]
#pragma once

#include <map>
#include <string>
#include <vector>

namespace ff::config {

struct WebhookTemplateField {
  std::string id;
  std::string name;
  std::string description;
  bool secret = false;
  std::string default_value;
  bool optional = false;
};

struct WebhookTemplate {
  std::string id;
  std::string name;
  std::string description;
  std::string logo_url;
  std::string info_url;
  std::string documentation_url;
  std::string base_url;
  std::map<std::string, std::string> headers;
  std::string format;
  std::vector<WebhookTemplateField> fields;
  bool create_downlink_api_key = false;
  /// By the kind's name, `uplink-message`; a kind without a path is off.
  std::map<std::string, std::string> paths;
  std::vector<std::string> field_mask;
};

}  // namespace ff::config

// Reads webhook templates from a folder: `templates.yml` with the ids, `<id>.yml` for each. [spec
// integrations §2.6]
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/webhook_template.hpp"
#include "protocol/base/result.hpp"

namespace ff::config {

inline constexpr ErrorDef malformed_webhook_template{"config", "malformed_webhook_template",
                                                     Code::invalid_argument,
                                                     "webhook template `{file}`: {reason}"};

/// One template. Never throws, whatever the text. Error: malformed_webhook_template.
Result<WebhookTemplate> read_webhook_template(std::string_view text, std::string_view file);

/// The templates that can be used, in the order of their list; `report` is told of the others. A
/// folder without a list has none. `logo_base_url` goes in front of relative logos.
std::vector<WebhookTemplate> load_webhook_templates(
    const std::filesystem::path& directory, const std::string& logo_base_url,
    const std::function<void(const Error&)>& report);

}  // namespace ff::config

// Which methods of the API change something, so that the audit log has a record of each call.
#pragma once

#include <string_view>

namespace ff::api {

/// By the method's verb, so that a new service is covered. Not traffic: messages of applications
/// and devices. Test: test/app/api/services/audit/methods_test.cpp has all methods of the API.
bool is_change(std::string_view method) noexcept;

}  // namespace ff::api

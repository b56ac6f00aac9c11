#include "app/server/inspect/answer.hpp"

#include <boost/json/serialize.hpp>

#include "app/api/services/base/asker.hpp"
#include "app/api/status.hpp"

namespace ff::app {

InspectAnswer::~InspectAnswer() {
  if (error_) {
    const auto status = api::to_grpc(*error_, "");
    writer_->respond(api::http_status(status.error_code()), "application/json",
                     api::error_json(status));
  } else {
    writer_->respond(200, "application/json", boost::json::serialize(document_) + "\n");
  }
  if (on_end_) on_end_();
}

void InspectAnswer::begin(boost::json::object document) {
  const std::scoped_lock lock(mutex_);
  document_ = std::move(document);
}

void InspectAnswer::put(std::string_view pointer, boost::json::value value) {
  const std::scoped_lock lock(mutex_);
  boost::json::error_code missing;
  if (auto* place = document_.find_pointer(pointer, missing)) *place = std::move(value);
}

void InspectAnswer::append(std::string_view pointer, boost::json::value value) {
  const std::scoped_lock lock(mutex_);
  boost::json::error_code missing;
  auto* place = document_.find_pointer(pointer, missing);
  if (place != nullptr && place->is_array()) place->as_array().push_back(std::move(value));
}

void InspectAnswer::refuse(const Error& error) {
  const std::scoped_lock lock(mutex_);
  if (!error_) error_ = error;
}

boost::json::value part_of(const Error& error) {
  if (error.is(api::context_deadline_exceeded)) return boost::json::value(part_timeout);
  return boost::json::object{{"error", error.to_string()}};
}

}  // namespace ff::app

#pragma once

// Bytes that are read into, in a block that can grow. Unlike a vector it is not filled with zeros, so that memory is
// taken only for what has been read, and a large block grows without being in memory twice.

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>

namespace dropload {

class Buffer {
 public:
  explicit Buffer(std::size_t size) { grow(size); }

  [[nodiscard]] char* data() { return bytes_.get(); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::span<char> from(std::size_t place) { return std::span(data(), size_).subspan(place); }

  // What is in it stays; what is added holds anything.
  void grow(std::size_t size) {
    void* const grown = std::realloc(bytes_.get(), size);
    if (grown == nullptr) throw std::bad_alloc();
    static_cast<void>(bytes_.release());  // realloc has freed it, or it is the same block
    bytes_.reset(static_cast<char*>(grown));
    size_ = size;
  }

 private:
  struct Free {
    void operator()(char* bytes) const { std::free(bytes); }
  };
  std::unique_ptr<char, Free> bytes_;
  std::size_t size_ = 0;
};

}  // namespace dropload

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "analysis/graph/onnx.pb.h"

namespace clipscope {

/// Small ONNX models for tests, built field by field.
class ModelBuilder {
public:
    explicit ModelBuilder(int opset = 17) {
        m_model.set_ir_version(8);
        auto* import = m_model.add_opset_import();
        import->set_domain("");
        import->set_version(opset);
        m_model.mutable_graph()->set_name("test");
    }

    /// Extents below 0 are dynamic.
    ModelBuilder& input(const std::string& name, const std::vector<int64_t>& shape, int type = 1) {
        declare(m_model.mutable_graph()->add_input(), name, shape, type);
        return *this;
    }
    ModelBuilder& output(const std::string& name) {
        auto* info = m_model.mutable_graph()->add_output();
        info->set_name(name);
        info->mutable_type()->mutable_tensor_type()->set_elem_type(1);
        return *this;
    }
    /// Stored as raw data, as exporters do.
    ModelBuilder& floats(const std::string& name, const std::vector<int64_t>& shape,
                         const std::vector<float>& values) {
        auto* tensor = m_model.mutable_graph()->add_initializer();
        fill(tensor, name, shape, 1);
        tensor->set_raw_data(values.data(), values.size() * sizeof(float));
        return *this;
    }
    ModelBuilder& ints(const std::string& name, const std::vector<int64_t>& shape,
                       const std::vector<int64_t>& values) {
        auto* tensor = m_model.mutable_graph()->add_initializer();
        fill(tensor, name, shape, 7);
        for (const int64_t value : values)
            tensor->add_int64_data(value);
        return *this;
    }
    onnx::NodeProto& node(const std::string& type, const std::vector<std::string>& inputs,
                          const std::vector<std::string>& outputs) {
        auto* node = m_model.mutable_graph()->add_node();
        node->set_op_type(type);
        node->set_name(outputs.empty() ? type : outputs.front());
        for (const std::string& name : inputs)
            node->add_input(name);
        for (const std::string& name : outputs)
            node->add_output(name);
        return *node;
    }
    static void setInt(onnx::NodeProto& node, const std::string& name, int64_t value) {
        auto* attribute = node.add_attribute();
        attribute->set_name(name);
        attribute->set_type(onnx::AttributeProto::INT);
        attribute->set_i(value);
    }
    static void setInts(onnx::NodeProto& node, const std::string& name,
                        const std::vector<int64_t>& values) {
        auto* attribute = node.add_attribute();
        attribute->set_name(name);
        attribute->set_type(onnx::AttributeProto::INTS);
        for (const int64_t value : values)
            attribute->add_ints(value);
    }

    onnx::ModelProto& proto() { return m_model; }
    std::string bytes() const { return m_model.SerializeAsString(); }
    std::filesystem::path save(const std::filesystem::path& path) const {
        std::ofstream(path, std::ios::binary) << bytes();
        return path;
    }

private:
    static void declare(onnx::ValueInfoProto* info, const std::string& name,
                        const std::vector<int64_t>& shape, int type) {
        info->set_name(name);
        auto* tensor = info->mutable_type()->mutable_tensor_type();
        tensor->set_elem_type(type);
        for (const int64_t extent : shape) {
            auto* dim = tensor->mutable_shape()->add_dim();
            if (extent >= 0)
                dim->set_dim_value(extent);
            else
                dim->set_dim_param("N");
        }
    }
    static void fill(onnx::TensorProto* tensor, const std::string& name,
                     const std::vector<int64_t>& shape, int type) {
        tensor->set_name(name);
        tensor->set_data_type(type);
        for (const int64_t extent : shape)
            tensor->add_dims(extent);
    }

    onnx::ModelProto m_model;
};

/// y = Relu(x), x being N x 3.
inline ModelBuilder reluModel() {
    ModelBuilder model;
    model.input("x", {-1, 3});
    model.node("Relu", {"x"}, {"y"});
    model.output("y");
    return model;
}

}  // namespace clipscope

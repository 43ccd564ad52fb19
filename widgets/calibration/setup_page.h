// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <functional>
#include <map>

#include "widgets/calibration/calibration_controller.h"
#include "widgets/calibration/device_picker.h"
#include "widgets/calibration/preview_strip.h"
#include "widgets/calibration/sample_list.h"

namespace clipscope::widgets {

/// What a calibration is to do: model, samples, recipe, method, batch. Writes into the controller's
/// request as the user types; a preview shows what the model will get.
class SetupPage : public QWidget {
    Q_OBJECT

public:
    explicit SetupPage(CalibrationController& controller, QWidget* parent = nullptr);

    SampleList& samples() { return *m_samples; }
    PreviewStrip& preview() { return *m_preview; }
    /// Asks for a file (a recipe); tests put their own in.
    void setRecipeChooser(std::function<QString()> chooser) { m_chooseRecipe = std::move(chooser); }

signals:
    void modelRequested();

private:
    QWidget* makeModelRow();
    QComboBox* makeRecipes();
    QComboBox* makeMethods();
    QWidget* makeOptions();
    QWidget* makeDeviceRow();
    void addRows(QFormLayout* form);
    void readRequest();   ///< from the controller into the fields
    void writeRequest();  ///< the other way
    void chooseRecipe(int index);
    void showParameters();
    void showPreviewFacts();
    void refreshReady();
    void refreshDevice();

    CalibrationController& m_controller;
    bool m_isReading = false;
    QLabel* m_title;
    QLineEdit* m_model;
    SampleList* m_samples;
    QLabel* m_sampleFacts;
    QComboBox* m_recipes;
    PreviewStrip* m_preview;
    QComboBox* m_methods;
    QWidget* m_parameters;
    std::map<std::string, QLineEdit*> m_parameterFields;
    QSpinBox* m_batch;
    QSpinBox* m_limit;
    DevicePicker* m_device;
    QLabel* m_deviceNote;
    QCheckBox* m_twoPass;
    QCheckBox* m_groups;
    QLabel* m_missing;
    QPushButton* m_start;
    std::function<QString()> m_chooseRecipe;
};

}  // namespace clipscope::widgets

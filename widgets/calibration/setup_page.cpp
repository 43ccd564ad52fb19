// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/calibration/setup_page.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QScrollArea>
#include <QVBoxLayout>

#include "analysis/data/recipe.h"
#include "analysis/threshold/method.h"
#include "widgets/style/icons.h"
#include "widgets/style/number_text.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

constexpr int kMostCount = 1'000'000'000;
constexpr int kFormWidth = 860;
constexpr int kParameterWidth = 72;

template <typename Widget>
Widget* named(Widget* widget, const char* name, const QString& tip) {
    widget->setObjectName(QLatin1String(name));
    widget->setToolTip(tip);
    widget->setWhatsThis(tip);
    return widget;
}

QString text(std::string_view from) {
    return QString::fromUtf8(from.data(), static_cast<qsizetype>(from.size()));
}

}  // namespace

SetupPage::SetupPage(CalibrationController& controller, QWidget* parent)
    : QWidget(parent), m_controller(controller) {
    setObjectName(QStringLiteral("setupPage"));
    m_title = named(new QLabel, "setupTitle", tr("What is to be calibrated"));
    QFont bold = m_title->font();
    bold.setWeight(QFont::DemiBold);
    bold.setPointSizeF(bold.pointSizeF() + 1.5);
    m_title->setFont(bold);
    m_samples = new SampleList;
    m_chooseRecipe = [this] {
        return QFileDialog::getOpenFileName(this, tr("Recipe"), {}, tr("Recipes (*.json)"));
    };
    auto* content = new QWidget;
    content->setMaximumWidth(kFormWidth);
    auto* form = new QFormLayout;
    form->setHorizontalSpacing(12);
    form->setVerticalSpacing(8);
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    addRows(form);
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(12, 12, 12, 12);
    layout->setSpacing(12);
    layout->addWidget(m_title);
    layout->addLayout(form);
    layout->addStretch();
    auto* scroll = new QScrollArea;
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(scroll);

    connect(&controller, &CalibrationController::requestChanged, this, &SetupPage::readRequest);
    connect(&controller, &CalibrationController::runningChanged, this, &SetupPage::refreshReady);
    connect(&controller, &CalibrationController::deviceChanged, this, &SetupPage::refreshDevice);
    connect(m_samples, &SampleList::changed, this, &SetupPage::writeRequest);
    connect(m_preview, &PreviewStrip::previewChanged, this, &SetupPage::showPreviewFacts);
    readRequest();
    refreshDevice();
}

void SetupPage::addRows(QFormLayout* form) {
    form->addRow(tr("Model"), makeModelRow());
    form->addRow(tr("Samples"), m_samples);
    m_sampleFacts = named(new QLabel, "sampleFacts", tr("What was found at these places"));
    m_sampleFacts->setWordWrap(true);
    form->addRow({}, m_sampleFacts);
    m_recipes = makeRecipes();
    form->addRow(tr("Preprocessing"), m_recipes);
    m_preview = new PreviewStrip;
    form->addRow(tr("First samples"), m_preview);
    m_methods = makeMethods();
    form->addRow(tr("Method"), m_methods);
    m_parameters = named(new QWidget, "methodParameters", tr("Parameters of the method"));
    auto* fields = new QHBoxLayout(m_parameters);
    fields->setContentsMargins(0, 0, 0, 0);
    fields->setSpacing(8);
    form->addRow({}, m_parameters);
    form->addRow(tr("Run"), makeOptions());
    form->addRow(tr("Device"), makeDeviceRow());
    m_twoPass = named(
        new QCheckBox(tr("Run the samples twice and keep exact equal bins as well")), "twoPass",
        tr("For almost constant tensors and for results equal to numpy's to the count"));
    form->addRow({}, m_twoPass);
    m_groups =
        named(new QCheckBox(tr("Tensors that only move values share one scale")), "useGroups",
              tr("Input and output of MaxPool, Reshape, Concat and such take one scale, as "
                 "TensorRT gives them"));
    form->addRow({}, m_groups);
    m_start = named(new QPushButton(icon(QStringLiteral("play")), tr("Calibrate")), "startButton",
                    tr("Runs the model on the samples (F5)"));
    m_missing = named(new QLabel, "setupMissing", tr("What is missing before it can start"));
    m_missing->setWordWrap(true);
    auto* row = new QHBoxLayout;
    row->setSpacing(12);
    row->addWidget(m_start);
    row->addWidget(m_missing, 1);
    form->addRow({}, row);
    connect(m_start, &QPushButton::clicked, &m_controller, &CalibrationController::start);
    for (QCheckBox* box : {m_twoPass, m_groups})
        connect(box, &QCheckBox::toggled, this, &SetupPage::writeRequest);
}

QWidget* SetupPage::makeModelRow() {
    m_model = named(new QLineEdit, "modelField", tr("The ONNX model; Open chooses another"));
    m_model->setReadOnly(true);
    m_model->setPlaceholderText(tr("no model yet"));
    auto* choose = named(new QPushButton(tr("Choose…")), "chooseModel", tr("Opens an ONNX model"));
    connect(choose, &QPushButton::clicked, this, &SetupPage::modelRequested);
    auto* row = new QWidget;
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_model, 1);
    layout->addWidget(choose);
    return row;
}

QComboBox* SetupPage::makeRecipes() {
    auto* box = named(new QComboBox, "recipeBox",
                      tr("How an image becomes the model's input; arrays are taken as they are"));
    box->addItem(tr("Automatic: the file beside the model, else unit"), QString());
    for (const std::string& preset : data::presetNames())
        box->addItem(text(preset), text(preset));
    box->addItem(tr("Recipe file…"), QStringLiteral("…"));
    connect(box, &QComboBox::activated, this, &SetupPage::chooseRecipe);
    return box;
}

QComboBox* SetupPage::makeMethods() {
    auto* box = named(new QComboBox, "methodBox", tr("How thresholds are chosen"));
    for (const threshold::Method& method : threshold::methods()) {
        box->addItem(text(method.id));
        box->setItemData(box->count() - 1, text(method.summary), Qt::ToolTipRole);
    }
    connect(box, &QComboBox::activated, this, [this] {
        showParameters();
        writeRequest();
    });
    return box;
}

QWidget* SetupPage::makeOptions() {
    m_batch = named(new QSpinBox, "batchBox",
                    tr("Samples a run; a model with a fixed batch keeps its own"));
    m_batch->setRange(0, kMostCount);
    m_batch->setSpecialValueText(tr("model's own"));
    m_limit = named(new QSpinBox, "limitBox", tr("Use only so many of the first samples"));
    m_limit->setRange(0, kMostCount);
    m_limit->setSpecialValueText(tr("all"));
    m_limit->setSuffix(tr(" samples"));
    for (QSpinBox* box : {m_batch, m_limit})
        connect(box, &QSpinBox::valueChanged, this, &SetupPage::writeRequest);
    auto* row = new QWidget;
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    for (const auto& [name, field] :
         {std::pair<QString, QWidget*>{tr("Batch"), m_batch}, {tr("Limit"), m_limit}}) {
        auto* label = new QLabel(name);
        label->setBuddy(field);
        layout->addWidget(label);
        layout->addWidget(field);
    }
    layout->addStretch();
    return row;
}

QWidget* SetupPage::makeDeviceRow() {
    m_device = new DevicePicker(m_controller.devices());
    connect(m_device, &DevicePicker::deviceChosen, &m_controller,
            &CalibrationController::setDevice);
    m_deviceNote = named(new QLabel, "deviceNote", tr("Why there is no GPU to choose"));
    const auto colour = [this] {
        QPalette shades = m_deviceNote->palette();
        shades.setColor(QPalette::WindowText, colors().muted);
        m_deviceNote->setPalette(shades);
    };
    connect(&Theme::instance(), &Theme::changed, m_deviceNote, colour);
    colour();
    m_deviceNote->setWordWrap(true);
    auto* row = new QWidget;
    row->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    auto* layout = new QVBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(m_device, 0, Qt::AlignLeft);
    layout->addWidget(m_deviceNote);
    return row;
}

void SetupPage::showParameters() {
    auto* row = static_cast<QHBoxLayout*>(m_parameters->layout());
    while (QLayoutItem* item = row->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_parameterFields.clear();
    const threshold::Method& method = threshold::findMethod(m_methods->currentText().toStdString());
    for (const threshold::ParameterInfo& info : method.parameters) {
        auto* field = named(new QLineEdit, ("parameter-" + std::string(info.name)).c_str(),
                            tr("%1, %2 to %3").arg(text(info.help)).arg(info.least).arg(info.most));
        field->setPlaceholderText(text(info.defaultValue));
        field->setMaximumWidth(kParameterWidth);
        connect(field, &QLineEdit::editingFinished, this, &SetupPage::writeRequest);
        auto* label = new QLabel(text(info.name));
        label->setBuddy(field);
        row->addWidget(label);
        row->addWidget(field);
        m_parameterFields[std::string(info.name)] = field;
    }
    row->addStretch();
    m_parameters->setVisible(!m_parameterFields.empty());
}

void SetupPage::chooseRecipe(int index) {
    if (m_recipes->itemData(index).toString() == QStringLiteral("…")) {
        const QString path = m_chooseRecipe();
        if (!path.isEmpty()) {
            m_recipes->insertItem(index, QFileInfo(path).fileName(), path);
            m_recipes->setItemData(index, path, Qt::ToolTipRole);
            m_recipes->setCurrentIndex(index);
        } else {
            m_recipes->setCurrentIndex(std::max(
                0, m_recipes->findData(
                       QString::fromStdString(m_controller.request().samples.preprocess))));
        }
    }
    writeRequest();
}

void SetupPage::readRequest() {
    const session::CalibrationRequest& request = m_controller.request();
    m_isReading = true;
    const QString model = QString::fromStdString(request.model.string());
    m_title->setText(model.isEmpty() ? tr("Calibrate a model")
                                     : tr("Calibrate %1").arg(QFileInfo(model).fileName()));
    m_model->setText(model);
    QStringList paths;
    for (const auto& path : request.samples.data)
        paths << QString::fromStdString(path.string());
    m_samples->setPaths(paths);
    const QString recipe = QString::fromStdString(request.samples.preprocess);
    if (m_recipes->findData(recipe) < 0)
        m_recipes->insertItem(m_recipes->count() - 1,
                              recipe.startsWith(QLatin1Char('{')) ? tr("As in the session")
                                                                  : QFileInfo(recipe).fileName(),
                              recipe);
    m_recipes->setCurrentIndex(m_recipes->findData(recipe));
    const QString method = QString::fromStdString(request.method);
    if (m_methods->currentText() != method || m_parameterFields.empty()) {
        m_methods->setCurrentText(method);
        showParameters();
    }
    for (const auto& [name, field] : m_parameterFields) {
        const auto found = request.parameters.find(name);
        field->setText(found == request.parameters.end() ? QString() : text(found->second));
    }
    m_batch->setValue(static_cast<int>(std::min<int64_t>(request.samples.batch, kMostCount)));
    m_limit->setValue(static_cast<int>(std::min<int64_t>(request.samples.limit, kMostCount)));
    m_twoPass->setChecked(request.twoPass);
    m_groups->setChecked(request.useGroups);
    m_isReading = false;
    m_preview->setRequest(request.model, request.samples);
    showPreviewFacts();
}

void SetupPage::writeRequest() {
    if (m_isReading)
        return;
    session::CalibrationRequest request = m_controller.request();
    request.samples.data.clear();
    for (const QString& path : m_samples->paths())
        request.samples.data.emplace_back(path.toStdString());
    request.samples.preprocess = m_recipes->currentData().toString().toStdString();
    request.samples.batch = m_batch->value();
    request.samples.limit = m_limit->value();
    request.method = m_methods->currentText().toStdString();
    request.parameters.clear();
    for (const auto& [name, field] : m_parameterFields)
        if (!field->text().trimmed().isEmpty())
            request.parameters[name] = field->text().trimmed().toStdString();
    request.twoPass = m_twoPass->isChecked();
    request.useGroups = m_groups->isChecked();
    m_controller.setRequest(std::move(request));
}

void SetupPage::showPreviewFacts() {
    const session::SamplePreview& preview = m_preview->preview();
    QStringList lines;
    if (!m_preview->problem().isEmpty())
        lines << m_preview->problem();
    else if (preview.samples > 0)
        lines << tr("%1 samples").arg(countText(static_cast<uint64_t>(preview.samples)));
    for (const std::string& note : preview.notes)
        lines << QString::fromStdString(note);
    m_sampleFacts->setText(lines.join(QLatin1Char('\n')));
    m_sampleFacts->setVisible(!lines.isEmpty());
    refreshReady();
}

void SetupPage::refreshDevice() {
    m_device->setDevice(m_controller.device());
    const QString& problem = m_controller.devices().problem();
    m_deviceNote->setText(problem.isEmpty() ? QString() : tr("No GPU: %1").arg(problem));
    m_deviceNote->setVisible(!problem.isEmpty());
    refreshReady();
}

void SetupPage::refreshReady() {
    const QString missing = m_controller.whatIsMissing();
    m_missing->setText(missing);
    m_start->setEnabled(missing.isEmpty() && !m_controller.isRunning());
}

}  // namespace clipscope::widgets

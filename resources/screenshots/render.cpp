// SPDX-License-Identifier: GPL-3.0-or-later
// Drives the window through its states and draws each into a file.
#include <QAbstractButton>
#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFontDatabase>
#include <QMouseEvent>
#include <QPainter>
#include <QTemporaryDir>
#include <cstdio>
#include <functional>

#include "analysis/base/error.h"
#include "analysis/quantization/density.h"
#include "analysis/session/range_edit.h"
#include "widgets/exporting/export_dialog.h"
#include "widgets/style/theme.h"
#include "widgets/window/main_window.h"

namespace {

using namespace clipscope;
using namespace clipscope::widgets;

constexpr QSize kSize(1600, 900);
constexpr int kPatience = 120'000;  ///< ms
constexpr int kFailed = 1;

/// One window on settings of its own, and where its pictures go.
class Studio {
public:
    Studio(QString examples, QString folder)
        : m_examples(std::move(examples)),
          m_folder(std::move(folder)),
          m_settings(m_scratch.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat),
          m_window(m_settings) {
        m_window.resize(kSize);
        m_window.show();
        settle();
    }

    void drawAll() {
        Theme::instance().setAppearance(Appearance::Light);
        drawCalibrating();
        drawMain();
        drawExplainer();
        drawExport();
        Theme::instance().setAppearance(Appearance::Dark);
        drawAffine();
        Theme::instance().setAppearance(Appearance::Light);
        drawStart();
    }

private:
    void await(const std::function<bool()>& isThere) {
        QElapsedTimer waited;
        waited.start();
        do {
            QApplication::processEvents(QEventLoop::AllEvents, 10);
            if (waited.elapsed() > kPatience)
                throw Error(ErrorCode::Internal, "the window does not settle");
        } while (!isThere());
        QApplication::processEvents();
    }
    void settle() {
        await([this] { return m_window.isSettled(); });
    }
    void save(QWidget& widget, const QString& name) {
        const QString path = QDir(m_folder).filePath(name + QStringLiteral(".png"));
        if (!widget.grab().save(path))
            throw Error(ErrorCode::Io, "cannot write " + path.toStdString());
        std::printf("%s\n", qPrintable(path));
    }
    Document& document() { return m_window.document(); }
    void select(const char* name) {
        document().select(static_cast<int>(document().session()->indexOf(name)));
        settle();
    }
    void trigger(const char* name) { m_window.findChild<QAction*>(QLatin1String(name))->trigger(); }
    /// As if the cursor stood there, at a share of the width of the plots.
    void hover(double share) {
        PlotStack& plots = m_window.tensorPage().plots();
        const QPointF at(plots.width() * share, plots.height() * 0.35);
        QMouseEvent move(QEvent::MouseMove, at, plots.mapToGlobal(at), Qt::NoButton, Qt::NoButton,
                         Qt::NoModifier);
        QApplication::sendEvent(&plots, &move);
        settle();
    }

    void drawCalibrating() {
        m_window.open(
            {m_examples + QStringLiteral("/shifted.onnx"), m_examples + QStringLiteral("/digits")});
        settle();
        save(m_window, QStringLiteral("setup"));
        int seen = 0;
        QObject::connect(&m_window.calibration(), &CalibrationController::liveChanged, &m_window,
                         [&seen] { ++seen; });
        trigger("calibrate");
        await([&] { return seen >= 2; });
        save(m_window, QStringLiteral("calibrating"));
        settle();
    }
    void drawMain() {
        select("res_gelu");
        const auto& tensor = document().session()->find("res_gelu");
        const float before = tensor.current.threshold();
        document().edit(document().selected(),
                        session::symmetricSetting(0.9 * static_cast<double>(before), "manual"),
                        false, QStringLiteral("res_gelu: T"));
        hover(0.62);
        save(m_window, QStringLiteral("main-light"));
    }
    void drawExplainer() {
        auto* button = m_window.findChild<QAbstractButton*>(QStringLiteral("explainButton"));
        button->click();
        hover(0.5);
        save(m_window, QStringLiteral("explainer"));
        button->click();
        settle();
    }
    void drawExport() {
        auto* dialog = qobject_cast<ExportDialog*>(m_window.showExport());
        dialog->findChild<QLineEdit*>(QStringLiteral("fileField"))
            ->setText(QStringLiteral("shifted.cache"));
        dialog->resize(dialog->sizeHint());
        await([&] { return dialog->isComplete(); });
        save(*dialog, QStringLiteral("export"));
        dialog->close();
        settle();
    }
    void drawAffine() {
        select("res_leaky");
        const session::TensorEntry& tensor = document().session()->find("res_leaky");
        const quantization::Density density(tensor.statistics.histogram);
        document().edit(document().selected(), session::asAffine(tensor.current, density), false,
                        QStringLiteral("res_leaky: affine"));
        hover(0.62);
        save(m_window, QStringLiteral("affine-dark"));
    }
    void drawStart() {
        document().setSession(nullptr, {});
        settle();
        save(m_window, QStringLiteral("start"));
    }

    QString m_examples;
    QString m_folder;
    QTemporaryDir m_scratch;
    QSettings m_settings;
    MainWindow m_window;
};

}  // namespace

int main(int argc, char** argv) {
    const QApplication application(argc, argv);
    if (argc != 3) {
        std::fprintf(stderr, "usage: clipscope_screenshots EXAMPLES FOLDER\n");
        return kFailed;
    }
    if (QFontDatabase::hasFamily(QStringLiteral("Noto Sans")))
        QApplication::setFont(QFont(QStringLiteral("Noto Sans"), 9));
    try {
        Studio(QDir(QString::fromLocal8Bit(argv[1])).absolutePath(),
               QString::fromLocal8Bit(argv[2]))
            .drawAll();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "clipscope_screenshots: %s\n", error.what());
        return kFailed;
    }
    return 0;
}

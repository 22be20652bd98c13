@echo off
rem One backup into the folder that is given; for Task Scheduler, see docs\backup.md. The 30 newest stay.
cd /d "%~dp0.."
set PYTHONUTF8=1
if not exist "%~1\" mkdir "%~1"
".venv\Scripts\python.exe" -m etl backup "%~1" --keep 30 >> "%~1\backup.log" 2>&1
exit /b %ERRORLEVEL%

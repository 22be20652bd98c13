@echo off
rem Nhay dup vao tep nay de mo bang. Double-click to open the dashboard.
chcp 65001 >nul
cd /d "%~dp0"
where py >nul 2>nul
if errorlevel 1 (python start.py %*) else (py -3 start.py %*)
if errorlevel 1 pause

@if exist "%~dp0python.exe" ("%~dp0python.exe" "%~dp0kubesim" %*) else ("%~dp0..\python.exe" "%~dp0kubesim" %*)
